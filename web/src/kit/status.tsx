// Five states, each with a colour, a shape and a word: never colour alone.
export type Tone = "good" | "attention" | "bad" | "active" | "unknown";

/** The shape: filled disc, triangle, square on its corner, half disc, hollow ring. */
export function Shape({ tone, size = 11 }: { tone: Tone; size?: number }) {
  const common = { width: size, height: size, viewBox: "0 0 12 12" } as const;
  switch (tone) {
    case "good":
      return (
        <svg aria-hidden="true" {...common}>
          <circle cx="6" cy="6" r="4.6" fill="currentColor" />
        </svg>
      );
    case "attention":
      return (
        <svg aria-hidden="true" {...common}>
          <path d="M6 1.3 11.3 10.6H.7z" fill="currentColor" strokeLinejoin="round" />
        </svg>
      );
    case "bad":
      return (
        <svg aria-hidden="true" {...common}>
          <path d="M6 .5 11.5 6 6 11.5.5 6z" fill="currentColor" />
        </svg>
      );
    case "active":
      return (
        <svg aria-hidden="true" {...common}>
          <circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M6 1.7a4.3 4.3 0 0 1 0 8.6z" fill="currentColor" />
        </svg>
      );
    case "unknown":
      return (
        <svg aria-hidden="true" {...common}>
          <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.2 1.6" />
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
