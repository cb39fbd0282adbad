// Plays the sounds of all figures, one at a time, through one audio element: browsers do not allow a hundred.

(() => {
  const audio = document.body.appendChild(document.createElement("audio"));
  let active = null; // the figure whose sound the audio element has
  let wanted = false; // whether it is to be heard

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

  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "alert");

  const kElsewhere = "open the page in Firefox, Chrome or Edge, or in Safari 18.4 or later";

  /// Below the name of the sound that it is about.
  function tell(words) {
    notice.textContent = words;
    if (words === "") notice.remove();
    else active.querySelector("figcaption").after(notice);
  }

  // What a browser that refuses one may still take: {type, bytes_of} of the Ogg file.
  const files = [
    { type: "audio/ogg", bytes_of: null },
    { type: "audio/webm", bytes_of: (ogg) => webm_of(opus_in(ogg)) },
    { type: "audio/x-caf", bytes_of: (ogg) => caf_of(opus_in(ogg)) },
    { type: "audio/wav", bytes_of: async (ogg) => wav_of(await samples_of(opus_in(ogg))) },
  ];

  async function address_of(href) {
    const [{ type, bytes_of }] = files;
    const ogg = Uint8Array.from(atob(href.slice(href.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
    return URL.createObjectURL(new Blob([await bytes_of(ogg)], { type }));
  }

  /// Gives the active sound to the audio element.
  function load() {
    const figure = active;
    const { href } = part(figure, "save");
    URL.revokeObjectURL(audio.src);
    audio.removeAttribute("src");
    if (files.length === 0) return refuse();
    if (files[0].bytes_of === null) {
      audio.src = href;
      return;
    }
    const from_s = Number(part(figure, "seek").value);
    address_of(href).then(
      (address) => {
        if (active !== figure) return URL.revokeObjectURL(address);
        audio.src = address;
        audio.currentTime = from_s;
        if (wanted) play();
      },
      () => active === figure && try_next(),
    );
  }

  function try_next() {
    files.shift();
    load();
  }

  function refuse() {
    wanted = false;
    audio.pause();
    show_playing(active, false);
    tell(
      "This browser cannot play this sound, which is in the Opus format. Save it with the arrow above and open it " +
        `in another player, or ${kElsewhere}.`,
    );
  }

  function activate(figure) {
    if (figure === active) return;
    audio.pause();
    wanted = false;
    if (active) {
      show_playing(active, false);
      show_position(active, 0);
      active.classList.remove("active");
      tell("");
    }
    active = figure;
    figure.classList.add("active");
    load();
  }

  function play() {
    audio.play().then(
      () => tell(""),
      (error) => {
        // It was paused, or another one chosen, before it had begun; or it was refused, which is heard of below.
        if (error.name === "AbortError" || error.name === "NotSupportedError") return;
        wanted = false;
        tell(
          error.name === "NotAllowedError"
            ? "The browser does not let the sound begin. Press the play button once more; if that does not help, see " +
                "whether this page may play sound."
            : `This sound cannot be played (${error.message}): ${kElsewhere}.`,
        );
      },
    );
  }

  function play_or_pause(figure) {
    activate(figure);
    if (files.length === 0) return refuse();
    wanted = audio.paused;
    if (!wanted) audio.pause();
    else if (audio.src) play();
  }

  function follow() {
    if (audio.paused) return;
    show_position(active, audio.currentTime);
    requestAnimationFrame(follow);
  }

  audio.addEventListener("error", () => {
    if (audio.hasAttribute("src")) try_next();
  });
  audio.addEventListener("play", () => {
    show_playing(active, true);
    follow();
  });
  audio.addEventListener("pause", () => show_playing(active, false));
  audio.addEventListener("ended", () => {
    wanted = false;
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
