@NullMarked
package io.walrus.storage;

import org.jspecify.annotations.NullMarked;
