/// What all benchmarks share: their options, the store of what was measured, and the tables and the chart of it.
@NullMarked
package io.walrus.benchmarks.report;

import org.jspecify.annotations.NullMarked;
