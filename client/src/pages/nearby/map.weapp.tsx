/** WeChat's own map, which speaks GCJ-02: facilities and place are asked for in it (`src/state/place.ts`). */
import { Map } from "@tarojs/components";
import { type ComponentType } from "react";
import settings from "@/settings.json";
import { type MapProps } from "./map.types";

const AnyMap = Map as unknown as ComponentType<Record<string, unknown>>;
const MARKER = "/pages/nearby/marker.png";
const [SIZE, SIZE_CHOSEN] = [28, 40];

export function FacilityMap({ label, facilities, where, chosen, onChoose }: MapProps) {
  const points = facilities.map(({ location }) => ({ longitude: location.longitude, latitude: location.latitude }));
  const middle = where?.point ?? points[0];
  const markers = points.map((point, id) => {
    const size = id === chosen ? SIZE_CHOSEN : SIZE;
    return { id, ...point, iconPath: MARKER, width: size, height: size, ariaLabel: facilities[id]?.name };
  });
  return (
    <AnyMap
      className="map" ariaRole="img" ariaLabel={label} longitude={middle?.longitude} latitude={middle?.latitude} scale={settings.map_scale} markers={markers}
      includePoints={points} showLocation={where !== null && !where.byHand} onMarkerTap={({ detail }: { detail: { markerId: number } }) => onChoose(Number(detail.markerId))}
      onError={() => undefined}
    />
  );
}
