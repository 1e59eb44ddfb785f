/// The engine on a real disk: killed under load, and out of space.
@NullMarked
package io.walrus.testkit.real;

import org.jspecify.annotations.NullMarked;
