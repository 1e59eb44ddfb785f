package io.walrus.benchmarks.compare;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/// The same as bars: the median, and a line from the lowest to the highest round.
final class Chart {
    private static final List<Setup> SETUPS = List.of(Setup.values());
    private static final int WIDTH = 1280;
    private static final int HEAD_HEIGHT = 44;
    private static final int TITLE_HEIGHT = 22;
    private static final int GAP = 20;
    private static final int MARGIN = 24;
    private static final int LABEL_WIDTH = 150;
    private static final int VALUE_WIDTH = 90;
    private static final int ROW_HEIGHT = 20;
    private static final int BAR_HEIGHT = 14;
    private static final Color TEXT = new Color(0x222222);
    private static final Color WHISKER = new Color(0x555555);

    private record Bar(Candidate candidate, Series series) {}

    private record Panel(int column, String title, String unit, List<Bar> bars) {}

    private record Row(List<Panel> panels) {
        int height() {
            int bars =
                    panels.stream().mapToInt(panel -> panel.bars().size()).max().orElse(0);
            return TITLE_HEIGHT + bars * ROW_HEIGHT + GAP;
        }
    }

    private Chart() {}

    /// A column for each setup, a row for each metric.
    static void write(Results results, Path file) throws IOException {
        List<Row> rows = rows(results);
        int height = HEAD_HEIGHT + MARGIN + rows.stream().mapToInt(Row::height).sum();
        BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        int columns = SETUPS.size();
        int width = (WIDTH - (columns + 1) * MARGIN) / columns;
        graphics.setColor(TEXT);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        for (int column = 0; column < SETUPS.size(); column++) {
            graphics.drawString(SETUPS.get(column).title(), MARGIN + column * (width + MARGIN), HEAD_HEIGHT - 12);
        }
        int y = HEAD_HEIGHT;
        for (Row row : rows) {
            for (Panel panel : row.panels()) {
                draw(graphics, panel, MARGIN + panel.column() * (width + MARGIN), y, width);
            }
            y += row.height();
        }
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private static List<Row> rows(Results results) {
        List<Row> rows = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            List<Panel> panels = new ArrayList<>();
            for (int column = 0; column < SETUPS.size(); column++) {
                List<Bar> bars = new ArrayList<>();
                for (Candidate candidate : Candidate.values()) {
                    Series series = results.series(SETUPS.get(column), metric, candidate);
                    if (series != null) {
                        bars.add(new Bar(candidate, series));
                    }
                }
                if (!bars.isEmpty()) {
                    panels.add(new Panel(column, metric.title(), metric.unit(), bars));
                }
            }
            if (!panels.isEmpty()) {
                rows.add(new Row(panels));
            }
        }
        return rows;
    }

    private static void draw(Graphics2D graphics, Panel panel, int x, int y, int width) {
        graphics.setColor(TEXT);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 12));
        graphics.drawString(panel.title() + " (" + panel.unit() + ")", x, y + 14);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        double highest = panel.bars().stream()
                .mapToDouble(bar -> bar.series().highest().value())
                .max()
                .orElse(1);
        double scale = (width - LABEL_WIDTH - VALUE_WIDTH) / Math.max(highest, 1e-9);
        for (int i = 0; i < panel.bars().size(); i++) {
            Bar bar = panel.bars().get(i);
            int top = y + TITLE_HEIGHT + i * ROW_HEIGHT;
            int left = x + LABEL_WIDTH;
            graphics.setColor(TEXT);
            graphics.drawString(bar.candidate().title(), x, top + 12);
            graphics.setColor(color(bar.candidate()));
            graphics.fillRect(left, top, (int) Math.max(1, bar.series().value() * scale), BAR_HEIGHT);
            int low = left + (int) (bar.series().lowest().value() * scale);
            int high = left + (int) (bar.series().highest().value() * scale);
            graphics.setColor(WHISKER);
            graphics.setStroke(new BasicStroke(1.5f));
            graphics.drawLine(low, top + BAR_HEIGHT / 2, high, top + BAR_HEIGHT / 2);
            graphics.setColor(TEXT);
            graphics.drawString(Report.number(bar.series().value()), high + 6, top + 12);
        }
    }

    /// One hue for each system, lighter where nothing is forced.
    private static Color color(Candidate candidate) {
        return switch (candidate) {
            case WALRUS_FORCED -> new Color(0x1B6CA8);
            case WALRUS_UNFORCED -> new Color(0x8FBDE0);
            case KAFKA_FORCED -> new Color(0x555B66);
            case KAFKA_UNFORCED -> new Color(0xB4B9C2);
            case JETSTREAM -> new Color(0xA6D49A);
            case REDIS_FORCED -> new Color(0xC0392B);
            case REDIS_UNFORCED -> new Color(0xECA9A1);
        };
    }
}
