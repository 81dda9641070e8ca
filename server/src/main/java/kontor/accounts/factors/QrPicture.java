package kontor.accounts.factors;

import io.nayuki.qrcodegen.QrCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A text as a QR code, as an address that an {@code <img>} shows. */
final class QrPicture {
    private static final int MARGIN = 4; // that scanners need

    private QrPicture() {}

    static String of(String text) {
        var code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        var side = code.size + 2 * MARGIN;
        var svg = new StringBuilder(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                                .formatted(side, side))
                .append("<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"".formatted(side, side));
        for (var y = 0; y < code.size; y++)
            for (var x = 0; x < code.size; x++)
                if (code.getModule(x, y)) svg.append("M%d %dh1v1h-1z".formatted(x + MARGIN, y + MARGIN));
        var bytes = svg.append("\"/></svg>").toString().getBytes(StandardCharsets.UTF_8);
        return "data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(bytes);
    }
}
