@NullMarked
package io.walrus.metadata;

import org.jspecify.annotations.NullMarked;
