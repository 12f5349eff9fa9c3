package dev.fanoutgateway.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A line chart as SVG; the vertical axis is logarithmic. Not safe for use by several threads. */
final class LineChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 60;
    private static final int TOP = 40;
    private static final int PLOT_WIDTH = 520;
    private static final int PLOT_HEIGHT = 300;
    private static final List<String> COLOURS = List.of("#888888", "#c44e52", "#4c72b0", "#111111");

    private final String title;
    private final double least;
    private final double most;
    private final StringBuilder body = new StringBuilder();
    private int lines;

    LineChart(String title, double least, double most) {
        this.title = title;
        this.least = least;
        this.most = most;
        for (double tick = least; tick <= most * 1.001; tick *= 2) {
            body.append(text(LEFT - 8, y(tick) + 4, "end", String.format(Locale.ROOT, "%.0f", tick)));
            body.append(
                    String.format(Locale.ROOT, "<path d='M%d %.1fh%d' stroke='#ddd'/>%n", LEFT, y(tick), PLOT_WIDTH));
        }
        for (int percent = 0; percent <= 100; percent += 20) {
            body.append(text(x(percent / 100.0), TOP + PLOT_HEIGHT + 18, "middle", percent + " %"));
        }
    }

    /** Points within the chart; those beyond its top are left out. */
    void line(String name, List<double[]> points) {
        String colour = COLOURS.get(lines % COLOURS.size());
        List<String> path = new ArrayList<>();
        for (double[] point : points) {
            if (point[1] <= most) {
                path.add(String.format(Locale.ROOT, "%.1f,%.1f", x(point[0]), y(point[1])));
            }
        }
        String dash = name.equals("adaptive") ? " stroke-dasharray='5 4'" : "";
        body.append("<polyline fill='none' stroke-width='2.5' stroke='" + colour + "'" + dash + " points='"
                + String.join(" ", path) + "'/>\n");
        int row = TOP + 20 + 22 * lines;
        body.append("<path d='M" + (LEFT + PLOT_WIDTH + 16) + " " + (row - 4) + "h24' stroke-width='2.5' stroke='"
                + colour + "'" + dash + "/>\n");
        body.append(text(LEFT + PLOT_WIDTH + 46, row, "start", name));
        lines++;
    }

    String svg() {
        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + WIDTH + " " + HEIGHT
                + "' font-family='sans-serif' font-size='13'>\n<rect width='100%' height='100%' fill='white'/>\n"
                + text(LEFT, 22, "start", title)
                + body
                + text(LEFT + PLOT_WIDTH / 2.0, HEIGHT - 8, "middle", "load by the clients' requests alone")
                + "</svg>\n";
    }

    private static double x(double share) {
        return LEFT + share * PLOT_WIDTH;
    }

    private double y(double value) {
        double share = Math.log(Math.max(value, least) / least) / Math.log(most / least);
        return TOP + PLOT_HEIGHT * (1 - share);
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(Locale.ROOT, "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>%n", x, y, anchor, text);
    }
}
