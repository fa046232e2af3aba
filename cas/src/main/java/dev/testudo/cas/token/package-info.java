/// Join tokens, which a service presents together with software evidence, since
/// anybody could claim that.
package dev.testudo.cas.token;
