@NullMarked
package io.walrus.client;

import org.jspecify.annotations.NullMarked;
