/// The load program: many connections to servers that speak Walrus' protocol or Redis', each with requests under way,
/// at as little processor time as can be.
@NullMarked
package io.walrus.benchmarks.load;

import org.jspecify.annotations.NullMarked;
