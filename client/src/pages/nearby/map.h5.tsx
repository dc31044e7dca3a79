/** A drawing of our own: nobody outside is asked for tiles, so nobody outside learns where somebody looks. */
import { type MouseEvent, useState } from "react";
import words from "@/text/zh_CN/nearby.json";
import { Button } from "@/ui/controls";
import { distance } from "@/words";
import { frameOf, HEIGHT, meant, scaleOf, WIDTH } from "./geometry";
import { type MapProps } from "./map.types";
import outlines from "./outlines.json";

const [DOT, REACH, SCALE_MOST, NUMBERED, ZOOM_MOST] = [9, 22, 90, 20, 8];
const DATUM_OF_OUTLINES = "wgs84";

export function FacilityMap({ label, facilities, where, chosen, onChoose }: MapProps) {
  const [zoom, setZoom] = useState(1);
  const places = facilities.map((each) => each.location);
  const own = where?.point ?? null;
  const frame = frameOf(own ? [own, ...places] : places, own, zoom);
  const spots = places.map(frame.at);
  const scale = scaleOf(frame, SCALE_MOST);
  const tap = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const spot = { x: ((event.clientX - box.left) * WIDTH) / box.width, y: ((event.clientY - box.top) * HEIGHT) / box.height };
    onChoose(meant(spots, spot, REACH, chosen));
  };
  // The nearest lie on top, and the chosen one above all.
  const order = spots.map((_, index) => index).sort((one, other) => Number(one === chosen) - Number(other === chosen) || other - one);
  return (
    <div className="map-frame">
      <svg className="map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} onClick={tap}>
        {places[0]?.datum === DATUM_OF_OUTLINES && <Outlines at={frame.at} />}
        {own && <Own {...frame.at(own)} />}
        {order.map((index) => <Dot key={facilities[index]?.id} index={index} spot={spots[index] ?? { x: 0, y: 0 }} chosen={index === chosen} />)}
        <g className="map-scale">
          <path d={`M12 ${HEIGHT - 18}v6h${scale.length}v-6`} />
          <text className="map-words from-left" x={16} y={HEIGHT - 18}>{distance(scale.metres)}</text>
          <text className="map-words" x={WIDTH - 22} y={20}>{words.map_north}</text>
        </g>
      </svg>
      <div className="row map-acts">
        <Button disabled={zoom >= ZOOM_MOST} onPress={() => setZoom(zoom * 2)}>{words.map_closer}</Button>
        <Button disabled={zoom <= 1} onPress={() => setZoom(zoom / 2)}>{words.map_farther}</Button>
      </div>
    </div>
  );
}

function Dot({ index, spot, chosen }: { index: number; spot: { x: number; y: number }; chosen: boolean }) {
  return (
    <g className={`map-dot ${chosen ? "chosen" : ""}`} data-dot={index}>
      <circle cx={spot.x} cy={spot.y} r={chosen ? DOT * 1.4 : DOT} />
      {index < NUMBERED && <text className="map-number" x={spot.x} y={spot.y + 4}>{index + 1}</text>}
    </g>
  );
}

function Own({ x, y }: { x: number; y: number }) {
  return (
    <g className="map-own">
      <circle className="map-halo" cx={x} cy={y} r={16} />
      <circle cx={x} cy={y} r={6} />
    </g>
  );
}

type At = ReturnType<typeof frameOf>["at"];

/** The counties' borders with their names, as far as they come into the drawing. */
function Outlines({ at }: { at: At }) {
  return (
    <g className="map-county">
      {outlines.map(({ code, name, ring, middle }) => {
        const line = ring.map(([longitude = 0, latitude = 0]) => at({ longitude, latitude })).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
        const [longitude = 0, latitude = 0] = middle;
        const { x, y } = at({ longitude, latitude });
        return (
          <g key={code}>
            <path d={`M${line}Z`} />
            <text className="map-words map-name" x={x} y={y}>{name}</text>
          </g>
        );
      })}
    </g>
  );
}
