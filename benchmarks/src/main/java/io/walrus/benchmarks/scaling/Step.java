package io.walrus.benchmarks.scaling;

import java.util.Locale;

/// One measurement to be made.
///
/// @param series steps of one dimension and series are put in relation to each other; empty if there is only one
/// @param value what grows
/// @param depth requests under way on each connection
record Step(
        Dimension dimension,
        String series,
        long value,
        int nodes,
        int topics,
        int connections,
        int depth,
        int payloadBytes) {
    String title() {
        return String.format(Locale.ROOT, "%,d %s%s", value, dimension.title(), series.isEmpty() ? "" : ", " + series);
    }
}
