/// The program of the benchmarks.
@NullMarked
package io.walrus.benchmarks;

import org.jspecify.annotations.NullMarked;
