package kontor.web;

import java.io.IOException;

/** The request's body is longer than the operation takes; thrown where it is read. */
class BodyTooLarge extends IOException {}
