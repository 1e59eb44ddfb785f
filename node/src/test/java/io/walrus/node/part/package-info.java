@NullMarked
package io.walrus.node.part;

import org.jspecify.annotations.NullMarked;
