import type { ReactNode } from "react";
import { Wordmark } from "./logo";
import { LanguageButton, ThemeButton } from "./top-bar";

/** The frame for those who are not signed in: one card, language and theme at the foot. */
export function Outside({ children }: { children: ReactNode }) {
  return (
    <div className="outside">
      <main className="outside-main">
        <div className="outside-card">
          <Wordmark />
          {children}
        </div>
      </main>
      <footer className="outside-foot">
        <LanguageButton />
        <ThemeButton />
      </footer>
    </div>
  );
}
