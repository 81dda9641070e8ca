package kontor.bench;

import java.util.Locale;

/** A run for those who only look: a bar for each goal, which reaches the line when the goal is reached. */
final class ReportChart {
    private static final int WIDTH = 880;
    private static final int MARGIN = 24;
    private static final int HEAD = 96;
    private static final int ROW = 44;
    private static final int BAR = 12;
    /** Where the target is. */
    private static final int REACHED = 360;
    /** Longer bars end here; their number says how much it is. */
    private static final int LONGEST = WIDTH - 2 * MARGIN;

    private static final String STYLE = """
            text { font: 14px system-ui, sans-serif; fill: #1f2328 }
            .title { font-size: 18px; font-weight: 600 }
            .small { font-size: 12px; fill: #59636e }
            .score { text-anchor: end }
            .paper { fill: #ffffff }
            .lane { fill: #eceff2 }
            .reached { fill: #1a7f37 }
            .missed { fill: #bc4c00 }
            .target { stroke: #1f2328; stroke-width: 2 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 }
              .small { fill: #9198a1 }
              .paper { fill: #0d1117 }
              .lane { fill: #262c36 }
              .reached { fill: #3fb950 }
              .missed { fill: #f0883e }
              .target { stroke: #e6edf3 }
            }
            """;

    private ReportChart() {}

    static String of(Report report) {
        var findings = report.findings();
        var height = HEAD + ROW * findings.size() + MARGIN;
        var svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
                <title>%3$s</title>
                <style>
                %4$s</style>
                <rect class="paper" width="%1$d" height="%2$d"/>
                """.formatted(WIDTH, height, escaped("Benchmark of " + report.heading()), STYLE));
        text(svg, "title", MARGIN, 36, "Benchmark of " + report.heading());
        text(
                svg,
                "small",
                MARGIN,
                58,
                ("Each score relative to its target, which is the line; longer is better. " + report.partialInWords())
                        .strip());
        var y = HEAD;
        for (var finding : findings) {
            row(svg, finding, y);
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void row(StringBuilder svg, Finding finding, int y) {
        var goal = finding.goal();
        var barAt = y + 8;
        text(svg, "goal", MARGIN, y, goal.figure() + "  " + goal.title());
        text(
                svg,
                "score",
                WIDTH - MARGIN,
                y,
                "%s of %s: %s"
                        .formatted(
                                goal.inWords(finding.score()),
                                goal.targetInWords(),
                                finding.reached() ? "reached" : "not reached"));
        bar(svg, "lane", barAt, LONGEST);
        bar(svg, finding.reached() ? "reached" : "missed", barAt, length(finding));
        target(svg, barAt);
    }

    /** In pixels; nothing, or the longest, for what has no length. */
    static int length(Finding finding) {
        var share = finding.goal().shareOf(finding.score());
        return Double.isNaN(share) ? 0 : Math.clamp(Math.round(share * REACHED), 0, LONGEST);
    }

    private static void bar(StringBuilder svg, String style, int y, int length) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>%n",
                style,
                MARGIN,
                y,
                length,
                BAR));
    }

    /** Beside the bar alone, so that it crosses no text. */
    private static void target(StringBuilder svg, int barAt) {
        svg.append("<line class=\"target\" x1=\"%1$d\" y1=\"%2$d\" x2=\"%1$d\" y2=\"%3$d\"/>\n"
                .formatted(MARGIN + REACHED, barAt - 1, barAt + BAR + 3));
    }

    private static void text(StringBuilder svg, String style, int x, int y, String text) {
        svg.append("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(style, x, y, escaped(text)));
    }

    /** As XML has it; control characters, which it has no way to write, become a replacement. */
    static String escaped(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]", "\uFFFD")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
