/** Our mark: a hull level under its mast, keel straight down. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent-fill)" />
      <g fill="none" stroke="#fff" strokeWidth="2.3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M6 15h20" />
        <path d="M8.5 15c.7 5.1 3.4 7.8 7.5 7.8s6.8-2.7 7.5-7.8" />
        <path d="M16 22.8V27" />
        <path d="M16 15V6l6 6" />
      </g>
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="wordmark">
      <Mark />
      <span>
        <b>Evenkeel</b> <i lang="zh-CN">稳舵</i>
      </span>
    </span>
  );
}
