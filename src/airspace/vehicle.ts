/** A kind of vehicle. It flies every edge at one constant speed, turns at once, and hovers where vertices allow it. */
export interface VehicleClass {
  readonly name: string;
  readonly radiusMetres: number;
  readonly halfHeightMetres: number;
  /** Horizontal. */
  readonly speedMetresPerSecond: number;
  readonly climbMetresPerSecond: number;
  readonly descentMetresPerSecond: number;
  /** Longest time in the air, hovering included; absent: no limit. */
  readonly airSeconds?: number;
}
