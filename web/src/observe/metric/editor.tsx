// Where a query is written: completion, colours and mistakes as one types. Loaded when it is needed.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderOf } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { Place } from "./prom";
import "./editor.css";

export interface Remark {
  place: Place;
  severity: "error" | "warning" | "info";
  text: string;
}
export interface EditorHandle {
  focus: (place?: Place) => void;
  /** Puts text where the cursor is, or in place of everything. */
  insert: (text: string, whole?: boolean) => void;
}

const STYLE = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--detect)" },
  { tag: [tags.operatorKeyword, tags.modifier], color: "var(--detect)" },
  { tag: [tags.function(tags.variableName), tags.standard(tags.variableName)], color: "var(--active)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.labelName, color: "var(--accent)" },
  { tag: [tags.number, tags.literal], color: "var(--attention)" },
  { tag: tags.comment, color: "var(--text-3)", fontStyle: "italic" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

function offsetOf(state: EditorState, place: Place): number {
  const line = state.doc.line(Math.min(Math.max(1, place.line), state.doc.lines));
  return Math.min(line.from + Math.max(0, place.column - 1), line.to);
}

function diagnosticOf(state: EditorState, remark: Remark): Diagnostic {
  const at = offsetOf(state, remark.place);
  const word = state.doc.sliceString(at, Math.min(at + 200, state.doc.length)).match(/^[\w:]+/)?.[0].length ?? 1;
  // Past the last character there is nothing to underline: the last one is.
  const from = at >= state.doc.length ? Math.max(0, state.doc.length - 1) : at;
  return { from, to: Math.min(state.doc.length, from + word), severity: remark.severity, message: remark.text };
}

function promql() {
  return new PromQLExtension().activateLinter(false).setComplete({
    remote: {
      url: window.location.origin,
      apiPrefix: "/prometheus/api/v1",
      httpMethod: "GET",
      // No completion is no reason to disturb whoever types.
      httpErrorHandler: () => {},
      fetchFn: (input, init) => fetch(input, { ...init, credentials: "same-origin" }),
      cache: { maxAge: 60_000 },
    },
    maxMetricsMetadata: 20_000,
  });
}

export default function Editor({
  value,
  onChange,
  onRun,
  label,
  placeholder,
  remarks,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  onRun: () => void;
  label: string;
  placeholder: string;
  remarks: Remark[];
  ref?: Ref<EditorHandle>;
}) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const words = useRef(new Compartment());
  const latest = useRef({ value, onChange, onRun });
  latest.current = { value, onChange, onRun };

  // biome-ignore lint/correctness/useExhaustiveDependencies: one editor for the life of the row; words and text follow below
  useEffect(() => {
    if (!box.current) return;
    const extension = promql();
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false, maxRenderedOptions: 60 }),
          syntaxHighlighting(STYLE),
          extension.asExtension(),
          EditorView.lineWrapping,
          Prec.highest(
            keymap.of([
              {
                key: "Mod-Enter",
                run: () => {
                  latest.current.onRun();
                  return true;
                },
              },
            ]),
          ),
          // Tab takes a completion that is offered, and goes on to the next control otherwise.
          keymap.of([
            { key: "Tab", run: acceptCompletion },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          words.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      extension.destroy();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    view.current?.dispatch({
      effects: words.current.reconfigure([
        EditorView.contentAttributes.of({ "aria-label": label }),
        placeholderOf(placeholder),
      ]),
    });
  }, [label, placeholder]);
  useEffect(() => {
    const made = view.current;
    if (made && made.state.doc.toString() !== value)
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const made = view.current;
    if (made)
      made.dispatch(
        setDiagnostics(
          made.state,
          remarks.map((remark) => diagnosticOf(made.state, remark)),
        ),
      );
  }, [remarks]);

  useImperativeHandle(ref, () => ({
    focus: (place) => {
      const made = view.current;
      if (!made) return;
      made.focus();
      if (place) made.dispatch({ selection: { anchor: offsetOf(made.state, place) }, scrollIntoView: true });
    },
    insert: (text, whole = false) => {
      const made = view.current;
      if (!made) return;
      const at = whole ? { from: 0, to: made.state.doc.length } : made.state.selection.main;
      made.dispatch({
        changes: { from: at.from, to: at.to, insert: text },
        selection: { anchor: at.from + text.length },
      });
      made.focus();
    },
  }));
  return <div ref={box} className="promql-editor" />;
}
