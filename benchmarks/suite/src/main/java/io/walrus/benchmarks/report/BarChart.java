package io.walrus.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/// Bars in panels, which stand in columns and rows.
final class BarChart {
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

    /// A bar up to the median, and a line from the lowest to the highest.
    record Bar(String label, Color color, Spread value) {}

    /// Bars of one scale.
    ///
    /// @param column in which it stands, from 0
    record Panel(int column, String title, List<Bar> bars) {}

    /// Panels beside each other.
    record Row(List<Panel> panels) {
        private int height() {
            int bars =
                    panels.stream().mapToInt(panel -> panel.bars().size()).max().orElse(0);
            return TITLE_HEIGHT + bars * ROW_HEIGHT + GAP;
        }
    }

    private BarChart() {}

    /// Draws it as PNG.
    ///
    /// @param columns their titles
    /// @param width in pixels
    static void write(List<String> columns, List<Row> rows, int width, Path file) throws IOException {
        int height = HEAD_HEIGHT + MARGIN + rows.stream().mapToInt(Row::height).sum();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        int panelWidth = (width - (columns.size() + 1) * MARGIN) / columns.size();
        graphics.setColor(TEXT);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        for (int column = 0; column < columns.size(); column++) {
            graphics.drawString(columns.get(column), MARGIN + column * (panelWidth + MARGIN), HEAD_HEIGHT - 12);
        }
        int y = HEAD_HEIGHT;
        for (Row row : rows) {
            for (Panel panel : row.panels()) {
                draw(graphics, panel, MARGIN + panel.column() * (panelWidth + MARGIN), y, panelWidth);
            }
            y += row.height();
        }
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private static void draw(Graphics2D graphics, Panel panel, int x, int y, int width) {
        graphics.setColor(TEXT);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 12));
        graphics.drawString(panel.title(), x, y + 14);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        double highest = panel.bars().stream()
                .mapToDouble(bar -> bar.value().max())
                .max()
                .orElse(1);
        double scale = (width - LABEL_WIDTH - VALUE_WIDTH) / Math.max(highest, 1e-9);
        for (int i = 0; i < panel.bars().size(); i++) {
            Bar bar = panel.bars().get(i);
            int top = y + TITLE_HEIGHT + i * ROW_HEIGHT;
            int left = x + LABEL_WIDTH;
            graphics.setColor(TEXT);
            graphics.drawString(bar.label(), x, top + 12);
            graphics.setColor(bar.color());
            graphics.fillRect(left, top, (int) Math.max(1, bar.value().median() * scale), BAR_HEIGHT);
            int low = left + (int) (bar.value().min() * scale);
            int high = left + (int) (bar.value().max() * scale);
            graphics.setColor(WHISKER);
            graphics.setStroke(new BasicStroke(1.5f));
            graphics.drawLine(low, top + BAR_HEIGHT / 2, high, top + BAR_HEIGHT / 2);
            graphics.setColor(TEXT);
            graphics.drawString(Spread.number(bar.value().median()), high + 6, top + 12);
        }
    }
}
