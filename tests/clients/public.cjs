// A public client whose host is a constant: https://www.npmjs.com/package/clockify-api. Nothing of it is changed.
const { ClockifyApi } = require('clockify-api');

async function main() {
  const client = new ClockifyApi(process.env.CLOCKIFY_API_KEY);
  const user = await client.user.get();
  const workspaces = await client.workspaces.get();
  console.log(workspaces[0].name, user.email);
}

main();
