// What the page imports: draw a platform's payload into an element, and hear what is pressed in it.
export { slack } from "./slack.js";
export { teams } from "./teams.js";
