/// Seal and extend: the one way in which the open segment of a topic ever changes.
@NullMarked
package io.walrus.node.rollover;

import org.jspecify.annotations.NullMarked;
