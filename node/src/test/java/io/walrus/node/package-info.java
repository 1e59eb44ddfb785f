@NullMarked
package io.walrus.node;

import org.jspecify.annotations.NullMarked;
