// One line at the foot of the page for what went wrong or what is going on; read out as well.
let timer;

export function notice(sentence, seconds = 12, good = false) {
  const line = document.getElementById("notice");
  line.textContent = sentence;
  line.classList.toggle("good", good);
  clearTimeout(timer);
  if (sentence && seconds) timer = setTimeout(() => (line.textContent = ""), seconds * 1000);
}
