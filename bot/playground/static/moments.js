// Times as people read them, in the programme's zone.
let zone = "UTC";

export const setZone = (name) => (zone = name);

const format = (options) => (moment) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(new Date(moment));

export const timeOf = format({ hour: "2-digit", minute: "2-digit" });
export const dayTitle = format({ weekday: "long", day: "numeric", month: "long" });
export const dayOf = format({ year: "numeric", month: "2-digit", day: "2-digit" });
export const slotTime = format({ weekday: "short", hour: "2-digit", minute: "2-digit" });
export const stamp = format({ day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });
const year = format({ year: "numeric" });
export const whole = (moment) => `${dayTitle(moment)} ${year(moment)}, ${timeOf(moment)}`;
