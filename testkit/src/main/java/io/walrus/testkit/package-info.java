/// Tools for proving Walrus right: simulated disk, clock and cluster, a crash explorer, and models to compare with.
@NullMarked
package io.walrus.testkit;

import org.jspecify.annotations.NullMarked;
