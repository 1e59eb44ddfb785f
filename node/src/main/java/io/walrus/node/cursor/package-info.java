/// The shared cursor: hands out each entry once.
@NullMarked
package io.walrus.node.cursor;

import org.jspecify.annotations.NullMarked;
