// Shows a passkey on the login pages. The answer of the browser goes into the form, which leads on as with a password.
'use strict'

const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))

const textOf = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const challenge = async (ticket) => {
  const answer = await fetch('/login/passkey/options', {
    method: 'POST',
    credentials: 'omit', // whoever is logged in already does not matter
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(ticket ? { ticket } : {}),
  })
  if (!answer.ok) throw new Error('no challenge: ' + answer.status)
  const options = (await answer.json()).public_key
  return {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: options.allowCredentials.map((known) => ({ ...known, id: bytesOf(known.id) })),
  }
}

const shown = async (ticket) => {
  const credential = await navigator.credentials.get({ publicKey: await challenge(ticket) })
  const response = credential.response
  return {
    id: credential.id,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  }
}

const button = document.getElementById('passkey')
const error = document.getElementById('passkey-error')
button.hidden = !window.PublicKeyCredential
button.addEventListener('click', async () => {
  button.disabled = true
  error.hidden = true
  try {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = 'passkey'
    field.value = JSON.stringify(await shown(button.form.elements.ticket?.value))
    button.form.append(field)
    button.form.submit() // the other fields may stay empty
  } catch {
    error.hidden = false
    button.disabled = false
  }
})
