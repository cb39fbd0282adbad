// Plays the sounds of all figures, one at a time, through one audio element: browsers do not allow a hundred.
"use strict";

(() => {
  const audio = document.body.appendChild(document.createElement("audio"));
  let active = null; // the figure whose sound the audio element has

  const part = (figure, name) => figure.querySelector("." + name);

  function show_position(figure, seconds) {
    const seek = part(figure, "seek");
    seek.value = seconds;
    seek.setAttribute("aria-valuetext", `${seconds.toFixed(1)} of ${Number(seek.max).toFixed(1)} seconds`);
    part(figure, "now").textContent = seconds.toFixed(1);
  }

  function show_playing(figure, playing) {
    const play = part(figure, "play");
    figure.classList.toggle("playing", playing);
    play.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${play.dataset.name}`);
  }

  function activate(figure) {
    if (figure === active) return;
    audio.pause();
    if (active) {
      show_playing(active, false);
      show_position(active, 0);
      active.classList.remove("active");
    }
    active = figure;
    figure.classList.add("active");
    audio.src = part(figure, "save").href;
  }

  function play_or_pause(figure) {
    activate(figure);
    if (audio.paused) {
      // Refused when another sound is chosen before this one has begun.
      audio.play().catch((error) => {
        if (error.name !== "AbortError") throw error;
      });
    } else {
      audio.pause();
    }
  }

  function follow() {
    if (audio.paused) return;
    show_position(active, audio.currentTime);
    requestAnimationFrame(follow);
  }

  audio.addEventListener("play", () => {
    show_playing(active, true);
    follow();
  });
  audio.addEventListener("pause", () => show_playing(active, false));
  audio.addEventListener("ended", () => {
    show_playing(active, false);
    show_position(active, 0);
    audio.currentTime = 0;
  });

  for (const figure of document.querySelectorAll(".sound")) {
    part(figure, "play").addEventListener("click", () => play_or_pause(figure));
    const seek = part(figure, "seek");
    seek.addEventListener("input", () => {
      const seconds = Number(seek.value);
      activate(figure);
      audio.currentTime = seconds;
      show_position(figure, seconds);
    });
    seek.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      play_or_pause(figure);
    });
  }
})();
