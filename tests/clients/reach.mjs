// Asks who calls, by the library of the first argument, at the vendor's own address. Prints the e-mail.
const url = 'https://api.clockify.me/api/v1/user';
const headers = { 'X-Api-Key': process.env.CLOCKIFY_API_KEY };

const by = {
  async fetch() {
    return (await fetch(url, { headers })).json();
  },
  async https() {
    const { get } = await import('node:https');
    return new Promise((done, fail) => {
      const read = async (answer) => done(JSON.parse((await answer.toArray()).join('')));
      get(url, { headers }, read).on('error', fail);
    });
  },
  async axios() {
    const { default: axios } = await import('axios');
    return (await axios.get(url, { headers })).data;
  },
};

console.log((await by[process.argv[2]]()).email);
