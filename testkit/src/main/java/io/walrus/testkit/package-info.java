@NullMarked
package io.walrus.testkit;

import org.jspecify.annotations.NullMarked;
