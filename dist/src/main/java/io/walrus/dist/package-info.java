/// Runs at the end of the build: lays out the distribution and makes the ahead-of-time caches its launchers use.
/// Nothing of it is part of the distribution.
@NullMarked
package io.walrus.dist;

import org.jspecify.annotations.NullMarked;
