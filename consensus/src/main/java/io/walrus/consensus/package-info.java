@NullMarked
package io.walrus.consensus;

import org.jspecify.annotations.NullMarked;
