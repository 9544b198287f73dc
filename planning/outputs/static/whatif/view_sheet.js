/* Canvases over the map in metres. `v` is the view a sheet paints: scale [px/m], bounds, and how
   a place (x_m, y_m) becomes a pixel. */

export const SHEET_INK = "#22272b";
export const SHEET_FONT = '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif';
export const SITE_RED = "#a3195b";
export const ACCENT_BLUE = "#1f6a91";

let SheetRenderer = null;

/** A canvas that repaints itself; it borrows Leaflet's renderer only for its placing. */
function sheetRenderer() {
  SheetRenderer = SheetRenderer || L.Renderer.extend({
    initialize(paint, placed, options) {
      this._paintOn = paint;
      this._placed = placed;
      L.Renderer.prototype.initialize.call(this, options);
    },
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      this._ctx = this._container.getContext("2d");
    },
    _destroyContainer() { L.DomUtil.remove(this._container); },
    _updatePaths() {},
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize(), ratio = Math.min(window.devicePixelRatio || 1, 2);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = Math.round(size.x * ratio);
      this._container.height = Math.round(size.y * ratio);
      this._container.style.width = `${size.x}px`;
      this._container.style.height = `${size.y}px`;
      this._ratio = ratio;
      if (this._placed) this._placed(this._view());
      this.repaint();
    },
    _view() {
      const { min, max } = this._bounds, scale = this._map.options.crs.scale(this._zoom);
      const origin = this._map.getPixelOrigin(), r = this._ratio;
      return {
        scale, zoom: this._zoom, ratio: r, width: this._container.width,
          height: this._container.height,
        px: (x) => (x * scale - origin.x - min.x) * r, // device pixels of this canvas
        py: (y) => (-y * scale - origin.y - min.y) * r,
        west: (min.x + origin.x) / scale, east: (max.x + origin.x) / scale,
        north: -(min.y + origin.y) / scale, south: -(max.y + origin.y) / scale,
      };
    },
    repaint() {
      if (!this._bounds) return;
      this._ctx.setTransform(1, 0, 0, 1, 0, 0);
      this._paintOn(this._ctx, this._view());
    },
  });
  return SheetRenderer;
}

/** A sheet in a pane of its own; `placed(v)` is told when size or place change. */
export function newSheet(map, name, order, paint, placed) {
  map.createPane(name).style.zIndex = order;
  map.getPane(name).style.pointerEvents = "none";
  return new (sheetRenderer())(paint, placed, { pane: name, padding: 0.1 }).addTo(map);
}

/** Everything off the canvas. */
export function wiped(ctx, v) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, v.width, v.height);
}

/** All sheets on the uppermost: on paper Chromium shows of canvases on one another only that one. */
export function paintedTogether(sheets) {
  const canvases = sheets.map((sheet) => sheet._container), top = canvases.pop();
  const ctx = top.getContext("2d");
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.globalCompositeOperation = "destination-over";
  for (const canvas of canvases.reverse()) ctx.drawImage(canvas, 0, 0);
  ctx.globalCompositeOperation = "source-over";
}

/** Let paths in metres from (x0, y0) be painted as they are; widths are then in metres. */
export function inMetres(ctx, v, [x0, y0]) {
  const s = v.scale * v.ratio;
  ctx.setTransform(s, 0, 0, -s, v.px(x0), v.py(y0));
}

/** So many screen pixels in the metres of `inMetres`. */
export const pixelsWide = (v, pixels) => pixels / v.scale;

/** Text that can be read on any ground. */
export function haloed(ctx, text, x, y, colour, ratio) {
  ctx.lineJoin = "round";
  ctx.lineWidth = 3 * ratio;
  ctx.strokeStyle = "rgba(255,255,255,.9)";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}
