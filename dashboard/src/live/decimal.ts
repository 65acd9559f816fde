/** Exact arithmetic on the API's decimal strings; a JavaScript number would round them. */

function split(value: string): { units: bigint; scale: number } {
  const [whole = "0", fraction = ""] = value.split(".");
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function add(left: string, right: string): string {
  const a = split(left);
  const b = split(right);
  const scale = Math.max(a.scale, b.scale);
  const units = a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale);
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function isZero(value: string): boolean {
  return !/[1-9]/.test(value);
}

export function isPositive(value: string): boolean {
  return !value.startsWith("-") && !isZero(value);
}

/** "+29" or "−5", with the true minus sign. */
export function signed(value: string): string {
  if (value.startsWith("-")) return `−${value.slice(1)}`;
  return isZero(value) ? value : `+${value}`;
}
