// Colours of series: apart from each other in both themes, and apart from the colours of status.
import type { Scheme } from "@/kit/tokens";

const COLORS: Record<Scheme, readonly string[]> = {
  light: ["#2878bd", "#c2570c", "#218a64", "#9a48b0", "#a8790b", "#0f8a9d", "#b8457c", "#5b6fc7", "#6d8420", "#8a5a44"],
  dark: ["#6aaee8", "#ee9a5c", "#5cc497", "#c98ade", "#dcb453", "#55c3d4", "#ea8db7", "#97a6f0", "#a9c25a", "#c99a82"],
};

export const colorOf = (scheme: Scheme, index: number): string => {
  const colors = COLORS[scheme];
  return colors[index % colors.length] ?? "#888888";
};
