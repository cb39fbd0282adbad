// What kind of file a picture becomes, how large it is and on what ground it is drawn.
#pragma once

namespace ictus::plot {

enum class FileKind { png, svg, pdf };
enum class Theme { light, dark };

/// From 300 x 200 to 10,000 x 10,000; in PDF a pixel is a point, 1/72 inch.
struct PictureFormat {
  FileKind kind = FileKind::png;
  Theme theme = Theme::light;
  int width_px = 1200;
  int height_px = 600;
};

}  // namespace ictus::plot
