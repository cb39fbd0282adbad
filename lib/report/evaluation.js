// Which of the clips are shown, and in which order.

(() => {
  const list = document.querySelector(".clips");
  if (!list) return;
  const clips = [...list.children];
  const buttons = [...document.querySelectorAll("[data-show]")];

  // A clip without neighbours is far from all of them.
  const distance = (clip) => (clip.dataset.distance === "" ? Infinity : Number(clip.dataset.distance));
  const orders = {
    made: () => 0,
    nearest: (a, b) => (distance(a) > distance(b)) - (distance(a) < distance(b)),
    farthest: (a, b) => (distance(a) < distance(b)) - (distance(a) > distance(b)),
  };

  function show(verdict) {
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.show === verdict);
    for (const clip of clips) {
      clip.hidden = verdict !== "all" && clip.dataset.verdict !== verdict;
      // Nothing plays that cannot be seen.
      if (clip.hidden) clip.querySelector(".playing .play")?.click();
    }
    const shown = clips.filter((clip) => !clip.hidden).length;
    document.querySelector(".shown").textContent = `${shown} of ${clips.length} shown`;
  }

  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.show));
  document.querySelector(".order select").addEventListener("change", (event) => {
    list.append(...[...clips].sort(orders[event.target.value]));
  });
  show("all");
})();
