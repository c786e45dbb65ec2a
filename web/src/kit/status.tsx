// Five states, each with a colour, a shape and a word: never colour alone.
export type Tone = "good" | "attention" | "bad" | "active" | "unknown";

/** The shape: filled disc, triangle, square on its corner, half disc, hollow ring. */
export function Shape({ tone, size = 11 }: { tone: Tone; size?: number }) {
  const common = { width: size, height: size, viewBox: "0 0 12 12", "aria-hidden": true } as const;
  switch (tone) {
    case "good":
      return (
        <svg {...common}>
          <circle cx="6" cy="6" r="4.6" fill="currentColor" />
        </svg>
      );
    case "attention":
      return (
        <svg {...common}>
          <path d="M6 1.300 11.300 10.600H.7z" fill="currentColor" strokeLinejoin="round" />
        </svg>
      );
    case "bad":
      return (
        <svg {...common}>
          <path d="M6 .5 11.500 6 6 11.500.5 6z" fill="currentColor" />
        </svg>
      );
    case "active":
      return (
        <svg {...common}>
          <circle cx="6" cy="6" r="4.300" fill="none" stroke="currentColor" strokeWidth="1.600" />
          <path d="M6 1.700a4.300 4.300 0 0 1 0 8.600z" fill="currentColor" />
        </svg>
      );
    case "unknown":
      return (
        <svg {...common}>
          <circle
            cx="6"
            cy="6"
            r="4.200"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.600"
            strokeDasharray="2.200 1.600"
          />
        </svg>
      );
  }
}

export function Status({ tone, word, pill = false }: { tone: Tone; word: string; pill?: boolean }) {
  return (
    <span className={`status is-${tone}${pill ? " pill" : ""}`}>
      <Shape tone={tone} />
      {word}
    </span>
  );
}
