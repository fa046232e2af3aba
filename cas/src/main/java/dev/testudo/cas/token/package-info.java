/// Join tokens: what a service presents beside evidence that anybody could claim.
package dev.testudo.cas.token;
