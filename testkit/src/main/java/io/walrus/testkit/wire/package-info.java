/// The other end of a client's connection, played from a script.
@NullMarked
package io.walrus.testkit.wire;

import org.jspecify.annotations.NullMarked;
