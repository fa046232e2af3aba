package dev.testudo.cas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.database.StoreException;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private static final int LARGE = 1_000_000;

  private static SessionRow row(int number, int length) {
    var name = "s" + number;
    var text = "name: %s\nversion: 0.3\n#".formatted(name);
    var yaml = text + "x".repeat(Math.max(0, length - text.length()));
    return new SessionRow(name, 1, "%064d".formatted(number), "me", yaml);
  }

  @Test
  void largeSessionsAreKeptUntilTheirTextsTakeTooMuch() throws StoreException {
    var catalog = new Catalog();
    var first = catalog.read(row(0, LARGE)).session();
    for (var i = 1; i <= 30; i++) {
      catalog.read(row(i, LARGE));
      assertTrue(catalog.characters() <= Catalog.MOST_CHARACTERS, catalog.characters() + "");
    }
    assertEquals(8 * LARGE, catalog.characters());
    var last = catalog.read(row(30, LARGE)).session();
    assertSame(last, catalog.read(row(30, LARGE)).session());
    assertNotSame(first, catalog.read(row(0, LARGE)).session());
  }

  @Test
  void whatIsAskedForAgainStays() throws StoreException {
    var catalog = new Catalog();
    var asked = catalog.read(row(0, LARGE)).session();
    for (var i = 1; i <= 30; i++) {
      catalog.read(row(i, LARGE));
      assertSame(asked, catalog.read(row(0, LARGE)).session());
    }
  }

  @Test
  void soManySmallSessionsAreKept() throws StoreException {
    var catalog = new Catalog(50);
    for (var i = 0; i < 60; i++) {
      catalog.read(row(i, 100));
    }
    assertEquals(50 * 100, catalog.characters());
  }
}
