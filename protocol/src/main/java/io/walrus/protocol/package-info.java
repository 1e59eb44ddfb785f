@NullMarked
package io.walrus.protocol;

import org.jspecify.annotations.NullMarked;
