@NullMarked
package io.walrus.benchmarks.load;

import org.jspecify.annotations.NullMarked;
