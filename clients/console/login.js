// Asks who somebody is. What he types is kept in the memory of this page alone: in no storage, in no URL, and in the
// fields of the form only until they are read.

/** `signIn` gets what an Authorization header would say, and a name to show; both undefined: nobody any more. */
export class Login {
  #dialog;
  #form;
  #button;
  #signIn;
  #isSignedIn = false;

  constructor({ dialog, button, who }, signIn) {
    this.#dialog = dialog;
    this.#button = button;
    this.#form = dialog.querySelector('form');
    this.#signIn = (authorization, name) => {
      this.#isSignedIn = authorization !== undefined;
      button.textContent = this.#isSignedIn ? 'Sign out' : 'Sign in…';
      who.textContent = name ?? '';
      signIn(authorization);
    };
    button.addEventListener('click', () => {
      if (this.#isSignedIn) this.#signIn(undefined, undefined);
      else this.#open('');
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    dialog.querySelector('[data-cancel]').addEventListener('click', () => {
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      this.#form.reset();
    });
  }

  /** The peer did not take it: says why, and asks again. */
  refused(reason) {
    this.#signIn(undefined, undefined);
    this.#open(reason);
  }

  #open(problem) {
    this.#dialog.querySelector('[role="alert"]').textContent = problem;
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #submit() {
    const { user, password, token } = this.#form.elements;
    if (token.value === '' && user.value === '') {
      this.#open('Type a user and a password, or a token.');
      return;
    }
    if (token.value === '') {
      const pair = `${user.value}:${password.value}`;
      this.#signIn(`Basic ${base64Of(pair)}`, `Signed in as ${user.value}`);
    } else {
      this.#signIn(`Bearer ${token.value.trim()}`, 'Signed in with a token');
    }
    this.#dialog.close();
    this.#button.focus();
  }
}

/** Of its UTF-8. */
function base64Of(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
